// What a format leaves to do once its numbers are decoded: scales and offsets.
// Expects: a format.
// Provides: ROW_HEAD, HEAD_QUADS, row_head(…) and headed_group(…), which read a format with or without heads; row_group(…), a
// group with its head; PART_QUADS, the vec4 of a group that share a scale; scaled_quad(packed, i), values as the format defines them;
// quad_total(x), add_part(…) and add_scaled(…), by which every kernel adds up a product, so that all of them give the same bits.
#ifndef FORMAT_PARTS
#define FORMAT_PARTS 1
#endif
#define PART_QUADS (FORMAT_QUADS / FORMAT_PARTS)

#ifdef FORMAT_HEAD
#define ROW_HEAD FORMAT_HEAD
#define HEAD_QUADS FORMAT_HEAD_QUADS
ROW_HEAD row_head(uint row, uint head, uint k) { return format_head(row, head, k); }
FORMAT_GROUP headed_group(uint row, uint group, uint k, ROW_HEAD head) { return format_group(row, group, k, head); }
#else
#define ROW_HEAD uint
#define HEAD_QUADS FORMAT_QUADS
ROW_HEAD row_head(uint row, uint head, uint k) { return 0; }
FORMAT_GROUP headed_group(uint row, uint group, uint k, ROW_HEAD head) { return format_group(row, group, k); }
#endif
FORMAT_GROUP row_group(uint row, uint group, uint k) {
  return headed_group(row, group, k, row_head(row, group / (HEAD_QUADS / FORMAT_QUADS), k));
}

vec4 scaled_quad(FORMAT_GROUP packed, uint i) {
  vec4 values = format_quad(packed, i);
#ifdef FORMAT_SCALED
  values *= format_scale(packed, i / PART_QUADS);
#endif
#ifdef FORMAT_OFFSET
  values += format_offset(packed, i / PART_QUADS);
#endif
  return values;
}

float quad_total(vec4 x) {
  precise float total = (x.x + x.y) + (x.z + x.w);
  return total;
}

// The scale and the offset of a part; 1 and 0 where the format has none.
float part_scale(FORMAT_GROUP packed, uint part) {
#ifdef FORMAT_SCALED
  return format_scale(packed, part);
#else
  return 1;
#endif
}
float part_offset(FORMAT_GROUP packed, uint part) {
#ifdef FORMAT_OFFSET
  return format_offset(packed, part);
#else
  return 0;
#endif
}

// `sum` with one part of a group added. product: of the part's unscaled numbers with x; total: of the part's x alone.
float add_scaled(float sum, float product, float total, float scale, float offset) {
#ifdef FORMAT_SCALED
  precise float result = fma(product, scale, sum);
#else
  precise float result = sum + product;
#endif
#ifdef FORMAT_OFFSET
  result = fma(total, offset, result);
#endif
  return result;
}

float add_part(float sum, float product, float total, FORMAT_GROUP packed, uint part) {
  return add_scaled(sum, product, total, part_scale(packed, part), part_offset(packed, part));
}
