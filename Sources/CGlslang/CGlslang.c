#include "CGlslang.h"

#include <glslang/Include/glslang_c_interface.h>
#include <glslang/Public/resource_limits_c.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

typedef struct Include {
  struct Include *next;
  char *includer;
  char *requested;
  char *name;
  char *text;
} Include;

struct GlslangUnit {
  char *source;
  char *log;
  Include *includes;
  uint32_t *words;
  size_t word_count;
};

static pthread_once_t process_once = PTHREAD_ONCE_INIT;
static int process_is_ready = 0;

static void start_process(void) { process_is_ready = glslang_initialize_process(); }

GlslangUnit *glslang_unit_create(const char *source) {
  GlslangUnit *unit = calloc(1, sizeof *unit);
  if (unit == NULL) return NULL;
  unit->source = strdup(source);
  if (unit->source == NULL) {
    glslang_unit_destroy(unit);
    return NULL;
  }
  return unit;
}

static void destroy_include(Include *include) {
  free(include->includer);
  free(include->requested);
  free(include->name);
  free(include->text);
  free(include);
}

void glslang_unit_destroy(GlslangUnit *unit) {
  if (unit == NULL) return;
  for (Include *include = unit->includes; include != NULL;) {
    Include *next = include->next;
    destroy_include(include);
    include = next;
  }
  free(unit->source);
  free(unit->log);
  free(unit->words);
  free(unit);
}

bool glslang_unit_add_include(
    GlslangUnit *unit, const char *includer, const char *requested, const char *name, const char *text) {
  Include *include = calloc(1, sizeof *include);
  if (include == NULL) return false;
  include->includer = strdup(includer);
  include->requested = strdup(requested);
  include->name = strdup(name);
  include->text = strdup(text);
  if (!include->includer || !include->requested || !include->name || !include->text) {
    destroy_include(include);
    return false;
  }
  include->next = unit->includes;
  unit->includes = include;
  return true;
}

static void append_log(GlslangUnit *unit, const char *text) {
  if (text == NULL || *text == '\0') return;
  size_t old_length = unit->log == NULL ? 0 : strlen(unit->log);
  size_t length = strlen(text);
  char *log = realloc(unit->log, old_length + length + 2);
  if (log == NULL) return;
  memcpy(log + old_length, text, length);
  log[old_length + length] = '\n';
  log[old_length + length + 1] = '\0';
  unit->log = log;
}

static glsl_include_result_t *find_include(
    void *context, const char *requested, const char *includer, size_t depth) {
  const GlslangUnit *unit = context;
  // glslang itself does not bound the depth: a file that includes itself would exhaust the stack.
  if (depth > 64) return NULL;
  for (const Include *include = unit->includes; include != NULL; include = include->next) {
    if (strcmp(include->includer, includer) != 0 || strcmp(include->requested, requested) != 0) continue;
    glsl_include_result_t *result = calloc(1, sizeof *result);
    if (result == NULL) return NULL;
    result->header_name = include->name;
    result->header_data = include->text;
    result->header_length = strlen(include->text);
    return result;
  }
  return NULL;
}

static int free_include_result(void *context, glsl_include_result_t *result) {
  (void)context;
  free(result);
  return 0;
}

static bool take_words(GlslangUnit *unit, glslang_program_t *program) {
  size_t count = glslang_program_SPIRV_get_size(program);
  uint32_t *words = count == 0 ? NULL : malloc(count * sizeof *words);
  if (words == NULL) return false;
  glslang_program_SPIRV_get(program, words);
  free(unit->words);
  unit->words = words;
  unit->word_count = count;
  return true;
}

static bool link_and_generate(
    GlslangUnit *unit, glslang_shader_t *shader, int messages, GlslangOptimization optimization) {
  glslang_program_t *program = glslang_program_create();
  if (program == NULL) return false;
  glslang_program_add_shader(program, shader);
  bool is_done = glslang_program_link(program, messages);
  if (is_done) {
    glslang_spv_options_t options = {
        .disable_optimizer = optimization == GLSLANG_OPTIMIZATION_NONE,
        .optimize_size = optimization == GLSLANG_OPTIMIZATION_SIZE,
    };
    glslang_program_SPIRV_generate_with_options(program, GLSLANG_STAGE_COMPUTE, &options);
    is_done = take_words(unit, program);
    append_log(unit, glslang_program_SPIRV_get_messages(program));
  } else {
    append_log(unit, glslang_program_get_info_log(program));
  }
  glslang_program_delete(program);
  return is_done;
}

bool glslang_unit_compile(GlslangUnit *unit, GlslangOptimization optimization) {
  pthread_once(&process_once, start_process);
  free(unit->log);
  unit->log = NULL;
  unit->word_count = 0;
  if (!process_is_ready) {
    append_log(unit, "ERROR: glslang does not initialize");
    return false;
  }
  const int messages = GLSLANG_MSG_SPV_RULES_BIT | GLSLANG_MSG_VULKAN_RULES_BIT;
  const glslang_input_t input = {
      .language = GLSLANG_SOURCE_GLSL,
      .stage = GLSLANG_STAGE_COMPUTE,
      .client = GLSLANG_CLIENT_VULKAN,
      .client_version = GLSLANG_TARGET_VULKAN_1_3,
      .target_language = GLSLANG_TARGET_SPV,
      .target_language_version = GLSLANG_TARGET_SPV_1_6,
      .code = unit->source,
      .default_version = 460,
      .default_profile = GLSLANG_NO_PROFILE,
      .messages = messages,
      .resource = glslang_default_resource(),
      .callbacks = {
          .include_system = find_include,
          .include_local = find_include,
          .free_include_result = free_include_result,
      },
      .callbacks_ctx = unit,
  };
  glslang_shader_t *shader = glslang_shader_create(&input);
  if (shader == NULL) {
    append_log(unit, "ERROR: glslang does not create a shader");
    return false;
  }
  // Only the preprocessor takes includes; the #line directives that it writes carry file and line into the parser.
  bool is_done = glslang_shader_preprocess(shader, &input) && glslang_shader_parse(shader, &input);
  append_log(unit, glslang_shader_get_info_log(shader));
  if (is_done) is_done = link_and_generate(unit, shader, messages, optimization);
  glslang_shader_delete(shader);
  return is_done;
}

const char *glslang_unit_log(const GlslangUnit *unit) { return unit->log == NULL ? "" : unit->log; }

size_t glslang_unit_word_count(const GlslangUnit *unit) { return unit->word_count; }

uint32_t glslang_unit_word(const GlslangUnit *unit, size_t index) {
  return index < unit->word_count ? unit->words[index] : 0;
}

int glslang_unit_version_major(void) {
  glslang_version_t version;
  glslang_get_version(&version);
  return version.major;
}

int glslang_unit_version_minor(void) {
  glslang_version_t version;
  glslang_get_version(&version);
  return version.minor;
}
