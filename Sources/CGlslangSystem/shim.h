// The installed glslang's C interface. Only CGlslang reads it: its structs change between releases.
#pragma once
#include <glslang/Include/glslang_c_interface.h>
#include <glslang/Public/resource_limits_c.h>
