// Planes of weights, read 16 or 8 bytes at a time.
// Expects: WIDE_LOADS where half as many loads of twice the width are wanted, as CPU drivers do.
// Provides: PLANE_UNIT and PLANE_HALF, the types of 16 and 8 bytes in a buffer; words(unit), the same as uvec4 or uvec2;
// plane_unit(…), plane_half(…), plane_word(…), where a row's i-th 16, 8 or 4 bytes lie, `units` being the 16 bytes of a row.
#ifdef WIDE_LOADS
#extension GL_EXT_shader_explicit_arithmetic_types_int64 : require
#define PLANE_UNIT u64vec2
#define PLANE_HALF uint64_t
uvec4 words(u64vec2 unit) { return uvec4(unpackUint2x32(unit.x), unpackUint2x32(unit.y)); }
uvec2 words(uint64_t half_unit) { return unpackUint2x32(half_unit); }
#else
#define PLANE_UNIT uvec4
#define PLANE_HALF uvec2
uvec4 words(uvec4 unit) { return unit; }
uvec2 words(uvec2 half_unit) { return half_unit; }
#endif

// So many rows lie side by side, 16 bytes of each in turn: what lanes that own a row each load together is one piece.
layout(constant_id = 20) const uint PLANE_ROWS = 1;

uint plane_unit(uint row, uint i, uint units) { return (row / PLANE_ROWS * units + i) * PLANE_ROWS + row % PLANE_ROWS; }
uint plane_half(uint row, uint i, uint units) { return 2 * plane_unit(row, i / 2, units) + (i & 1); }
uint plane_word(uint row, uint i, uint units) { return 4 * plane_unit(row, i / 4, units) + (i & 3); }
