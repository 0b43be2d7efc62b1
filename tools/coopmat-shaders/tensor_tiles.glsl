// Stands in for shaders/lib/tensor_tiles.glsl where a driver has matrices of flexible size but no tensor layouts, as Mesa's
// CPU driver: every element is fetched and stored by itself, clamped as the layouts of that file clamp it. For tests.
// Expects and provides: what that file does.
#define TOKEN_TILE coopmat<float16_t, SCOPE, TOKENS, STEP, gl_MatrixUseA>
#define WEIGHT_TILE coopmat<float16_t, SCOPE, STEP, ROWS, gl_MatrixUseB>
#define SUM_TILE coopmat<float, SCOPE, TOKENS, ROWS, gl_MatrixUseAccumulator>

float16_t token_element(
    const in uint row, const in uint column, const in float16_t none, const in uint first_row, const in uint first_column,
    const in uint rows) {
  uint at = first_column + column;
  if (first_row + row >= rows || at >= 8 * packed_octets(params.k)) return none;
  uint word = x[(first_row + row) * packed_stride(params.k) + at / 8][at % 8 / 2];
  return unpackFloat2x16(word)[at % 2];
}

float16_t weight_element(
    const in uint row, const in uint column, const in float16_t none, const in uint first_n, const in uint first_column) {
  uint at = first_column + row;
  if (first_n + column >= params.n || at >= params.k) return none;
  return weight_at(first_n + column, at / BLOCK, at % BLOCK);
}

float store_element(
    const in uint row, const in uint column, const in float sum, const in uint first_row, const in uint first_n,
    const in uint rows) {
  if (first_row + row < rows && first_n + column < params.n) {
    y[(first_row + row) * row_stride(params.y_columns) + params.y_first + first_n + column] = sum;
  }
  return sum;
}

TOKEN_TILE load_tokens(uint first_row, uint column, uint rows) {
  TOKEN_TILE tile = TOKEN_TILE(float16_t(0));
  coopMatPerElementNV(tile, tile, token_element, first_row, column, rows);
  return tile;
}

WEIGHT_TILE load_weights(uint first_n, uint column) {
  WEIGHT_TILE tile = WEIGHT_TILE(float16_t(0));
  coopMatPerElementNV(tile, tile, weight_element, first_n, column);
  return tile;
}

void store_sums(SUM_TILE sums, uint first_row, uint first_n, uint rows) {
  coopMatPerElementNV(sums, sums, store_element, first_row, first_n, rows);
}
