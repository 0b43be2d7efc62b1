// Numbers of four bits, eight per word, the first in the lowest bits.
// Expects: nothing.
// Provides: nibble_quad(words, i, zero), numbers 4i to 4i + 3 of 32, less `zero`.

// Set as low bits of 2^23 a number is a float without a conversion, which is slow on some devices; higher up it counts
// by powers of 16, which the multiplication takes back. All of it is exact.
vec4 nibble_quad(uvec4 words, uint i, float zero) {
  const vec4 weights = vec4(1, 1.0 / 16, 1.0 / 256, 1.0 / 4096);
  uint word = words[i / 2] >> (16 * (i & 1));
  uvec4 bits = (uvec4(word) & uvec4(0xf, 0xf0, 0xf00, 0xf000)) | 0x4b000000u;
  return fma(uintBitsToFloat(bits), weights, -8388608 * weights - zero);
}
