// glslang behind plain C values: no struct of the installed header is visible here, so releases may change them.
#ifndef CGLSLANG_H
#define CGLSLANG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// One compute shader on its way from GLSL to SPIR-V. Used by one thread at a time; several may exist at once.
typedef struct GlslangUnit GlslangUnit;

typedef enum GlslangOptimization {
  GLSLANG_OPTIMIZATION_NONE = 0,
  GLSLANG_OPTIMIZATION_PERFORMANCE = 1,
  GLSLANG_OPTIMIZATION_SIZE = 2,
} GlslangOptimization;

// Copies the source; NULL where memory is short.
GlslangUnit *glslang_unit_create(const char *source);
void glslang_unit_destroy(GlslangUnit *unit);

// Says what `#include "requested"` means inside the file `includer` (the empty string is the unit's own source):
// the text, and the name that messages give it. All strings are copied. False where memory is short.
bool glslang_unit_add_include(
    GlslangUnit *unit, const char *includer, const char *requested, const char *name, const char *text);

// Compiles for Vulkan 1.3 and SPIR-V 1.6. False: glslang_unit_log says why.
bool glslang_unit_compile(GlslangUnit *unit, GlslangOptimization optimization);

// glslang's messages, one a line; never NULL, valid until the next call for this unit.
const char *glslang_unit_log(const GlslangUnit *unit);

size_t glslang_unit_word_count(const GlslangUnit *unit);
// The SPIR-V word at an index; 0 behind the end.
uint32_t glslang_unit_word(const GlslangUnit *unit, size_t index);

int glslang_unit_version_major(void);
int glslang_unit_version_minor(void);

#endif
