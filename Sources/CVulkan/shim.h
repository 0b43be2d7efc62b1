#pragma once
// What Swift cannot import from Vulkan's headers: macros, pNext chains, and structs newer than the headers installed.
// All functions are inline, so that the module needs nothing but libvulkan.
#include <vulkan/vulkan.h>

#include "kalsae_commands.h"
#include "kalsae_device.h"
#include "kalsae_facts.h"
#include "kalsae_instance.h"
#include "kalsae_newer.h"
#include "kalsae_pipelines.h"
#include "kalsae_thread.h"
