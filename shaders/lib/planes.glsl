// Planes of weights, read 16 or 8 bytes at a time.
// Expects: WIDE_LOADS where half as many loads of twice the width are wanted, as CPU drivers do.
// Provides: PLANE_UNIT and PLANE_HALF, the types of 16 and 8 bytes in a buffer; words(unit), the same as uvec4 or uvec2.
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
