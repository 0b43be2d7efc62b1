// Matrices of linear_coopmat2.comp from and to memory, by layouts that clamp what lies outside.
// Expects: TOKENS, ROWS, STEP, SCOPE, BLOCK; x, y and a format's planes; weight_at(n, group, column), a weight as float16, the
// column counted from the group's first; GL_NV_cooperative_matrix2, GL_EXT_buffer_reference.
// Provides: the types TOKEN_TILE, WEIGHT_TILE and SUM_TILE; load_tokens(…), load_weights(…), store_sums(…).
#define TOKEN_TILE coopmat<float16_t, SCOPE, TOKENS, STEP, gl_MatrixUseA>
#define WEIGHT_TILE coopmat<float16_t, SCOPE, STEP, ROWS, gl_MatrixUseB>
#define SUM_TILE coopmat<float, SCOPE, TOKENS, ROWS, gl_MatrixUseAccumulator>
#define CLAMPED tensorLayoutNV<2, gl_CooperativeMatrixClampModeConstantNV>

// What a decode function is handed; the planes' own functions find a block by its coordinates.
layout(buffer_reference, std430, buffer_reference_align = 16) readonly buffer Block { uvec4 unit; };

float16_t decode(const in Block block, const in uint at[2], const in uint within[2]) {
  return weight_at(at[0], at[1], within[1]);
}

CLAMPED clamped(uint rows, uint columns, uint stride) {
  CLAMPED all = createTensorLayoutNV(2, gl_CooperativeMatrixClampModeConstantNV);
  return setTensorLayoutStrideNV(setTensorLayoutDimensionNV(all, rows, columns), stride, 1);
}

TOKEN_TILE load_tokens(uint first_row, uint column, uint rows) {
  TOKEN_TILE tile;
  CLAMPED all = clamped(rows, 8 * packed_octets(params.k), 8 * packed_stride(params.k));
  coopMatLoadTensorNV(tile, x, 0, sliceTensorLayoutNV(all, first_row, TOKENS, column, STEP));
  return tile;
}

// Rows of the weight are columns of the matrix.
WEIGHT_TILE load_weights(uint first_n, uint column) {
  WEIGHT_TILE tile;
  tensorViewNV<2, false, 1, 0> turned = createTensorViewNV(2, false, 1, 0);
#ifdef FORMAT_F16
  // Float16 rows that follow one another need no decoding.
  if (PLANE_ROWS == 1) {
    CLAMPED plain = clamped(params.n, params.k, row_stride(params.k));
    coopMatLoadTensorNV(tile, plane0, 0, sliceTensorLayoutNV(plain, first_n, ROWS, column, STEP), turned);
  } else
#endif
  {
    CLAMPED all = createTensorLayoutNV(2, gl_CooperativeMatrixClampModeConstantNV);
    all = setTensorLayoutBlockSizeNV(all, 1, BLOCK);
    all = setTensorLayoutDimensionNV(all, params.n, params.k);
    coopMatLoadTensorNV(tile, plane0, 0, sliceTensorLayoutNV(all, first_n, ROWS, column, STEP), turned, decode);
  }
  return tile;
}

void store_sums(SUM_TILE sums, uint first_row, uint first_n, uint rows) {
  CLAMPED all = clamped(rows, params.y_first + params.n, row_stride(params.y_columns));
  coopMatStoreTensorNV(sums, y, 0, sliceTensorLayoutNV(all, first_row, TOKENS, params.y_first + first_n, ROWS));
}
