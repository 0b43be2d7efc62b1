// Where Q8_0 keys, or values, of one layer lie, in words: for each page and head the signed bytes [slot][dimension], then
// [slot][pair of blocks] two float16 scales, one per 32 dimensions; the last block of a head may be short.
// A vector is [page][head][slot]; `words` are those of its bytes, an even number.
// Expects: step.glsl.
// Provides: q8_bytes(vector, words), q8_scales(vector, words), q8_scale(scales, block), q8_number(word, i).
uint q8_head(uint vector, uint words) {
  uint scale_words = (words + 15) / 16;
  return vector / PAGE_LENGTH * PAGE_LENGTH * (words + scale_words);
}
uint q8_bytes(uint vector, uint words) { return q8_head(vector, words) + vector % PAGE_LENGTH * words; }
uint q8_scales(uint vector, uint words) {
  uint scale_words = (words + 15) / 16;
  return q8_head(vector, words) + PAGE_LENGTH * words + vector % PAGE_LENGTH * scale_words;
}
float q8_scale(uint scales, uint block) { return unpackHalf2x16(scales >> (block % 2 * 16)).x; }
float q8_number(uint word, uint i) { return float(bitfieldExtract(int(word), int(8 * i), 8)); }
