// Scalar types that GLSL and C both know. glslang defines VULKAN; C takes them from <stdint.h>.
// Parameter structs hold only 32-bit scalars (uint, int, float), so that both sides lay them out alike.
#ifndef KERNEL_TYPES_H
#define KERNEL_TYPES_H

#ifndef VULKAN
#include <stdint.h>
typedef uint32_t uint;
#endif

#endif
