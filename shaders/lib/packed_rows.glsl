// How linear_pack.comp leaves rows of x: octets of float16, 0 behind the last column, then 16 bytes whose first word is the
// float32 that takes the row's scale back. These also let rows of 2^n columns begin in different memory channels.
// Expects: nothing.
// Provides, in units of 16 bytes: packed_octets(columns), those of a row's numbers; packed_stride(columns), from one row to the
// next; packed_scale_place(row, columns), and packed_scale(unit), what lies there.
uint packed_octets(uint columns) { return (columns + 7) / 8; }
uint packed_stride(uint columns) { return packed_octets(columns) + 1; }
uint packed_scale_place(uint row, uint columns) { return row * packed_stride(columns) + packed_octets(columns); }
float packed_scale(uvec4 unit) { return uintBitsToFloat(unit.x); }
