// Planes of weights, read in units of 16 or 8 bytes.
// Expects: what units.glsl does.
// Provides: what units.glsl does; plane_unit(…), plane_half(…), plane_word(…), where a row's i-th 16, 8 or 4 bytes lie, `units` being the
// 16 bytes of a row.
#include "units.glsl"

// So many rows lie side by side, 16 bytes of each in turn: what lanes that own a row each load together is one piece.
layout(constant_id = 20) const uint PLANE_ROWS = 1;

uint plane_unit(uint row, uint i, uint units) { return (row / PLANE_ROWS * units + i) * PLANE_ROWS + row % PLANE_ROWS; }
uint plane_half(uint row, uint i, uint units) { return 2 * plane_unit(row, i / 2, units) + (i & 1); }
uint plane_word(uint row, uint i, uint units) { return 4 * plane_unit(row, i / 4, units) + (i & 3); }
