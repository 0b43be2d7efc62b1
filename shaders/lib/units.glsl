// Buffers read 16 or 8 bytes at a time.
// Expects: WIDE_LOADS where half as many loads of twice the width are wanted, as CPU drivers do.
// Provides: UNIT and HALF_UNIT, the types of 16 and 8 bytes in a buffer; words(unit), the same as uvec4 or uvec2; floats(unit).
#ifdef WIDE_LOADS
#extension GL_EXT_shader_explicit_arithmetic_types_int64 : require
#define UNIT u64vec2
#define HALF_UNIT uint64_t
uvec4 words(u64vec2 unit) { return uvec4(unpackUint2x32(unit.x), unpackUint2x32(unit.y)); }
uvec2 words(uint64_t half_unit) { return unpackUint2x32(half_unit); }
#else
#define UNIT uvec4
#define HALF_UNIT uvec2
uvec4 words(uvec4 unit) { return unit; }
uvec2 words(uvec2 half_unit) { return half_unit; }
#endif
vec4 floats(UNIT unit) { return uintBitsToFloat(words(unit)); }
