#pragma once
#include <vulkan/vulkan.h>

// The instance-level extensions and layer that a caller may ask for.
typedef struct KalsaeInstanceRequest {
  VkBool32 validation;
  VkBool32 synchronizationValidation;
  VkBool32 gpuAssistedValidation;
  PFN_vkDebugUtilsMessengerCallbackEXT onMessage;
  void *userData;
} KalsaeInstanceRequest;

static inline VkDebugUtilsMessengerCreateInfoEXT kalsae_messenger_info(const KalsaeInstanceRequest *request) {
  VkDebugUtilsMessengerCreateInfoEXT info = {VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT};
  info.messageSeverity =
      VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT | VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT;
  info.messageType = VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT;
  info.pfnUserCallback = request->onMessage;
  info.pUserData = request->userData;
  return info;
}

// An instance for Vulkan 1.3. The messenger is in the chain too, so that creation and destruction are heard as well.
static inline VkResult kalsae_create_instance(const KalsaeInstanceRequest *request, VkInstance *instance) {
  VkApplicationInfo application = {VK_STRUCTURE_TYPE_APPLICATION_INFO};
  application.pApplicationName = "kalsae";
  application.pEngineName = "kalsae";
  application.apiVersion = VK_API_VERSION_1_3;

  VkDebugUtilsMessengerCreateInfoEXT messenger = kalsae_messenger_info(request);
  VkValidationFeatureEnableEXT enabled[2];
  uint32_t enabledCount = 0;
  if (request->synchronizationValidation) {
    enabled[enabledCount++] = VK_VALIDATION_FEATURE_ENABLE_SYNCHRONIZATION_VALIDATION_EXT;
  }
  if (request->gpuAssistedValidation) enabled[enabledCount++] = VK_VALIDATION_FEATURE_ENABLE_GPU_ASSISTED_EXT;
  VkValidationFeaturesEXT features = {VK_STRUCTURE_TYPE_VALIDATION_FEATURES_EXT};
  features.pNext = &messenger;
  features.enabledValidationFeatureCount = enabledCount;
  features.pEnabledValidationFeatures = enabled;

  const char *layers[] = {"VK_LAYER_KHRONOS_validation"};
  const char *extensions[] = {VK_EXT_DEBUG_UTILS_EXTENSION_NAME, VK_EXT_VALIDATION_FEATURES_EXTENSION_NAME};
  VkInstanceCreateInfo info = {VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO};
  info.pApplicationInfo = &application;
  if (request->validation) {
    info.pNext = enabledCount > 0 ? (const void *)&features : (const void *)&messenger;
    info.enabledLayerCount = 1;
    info.ppEnabledLayerNames = layers;
    info.enabledExtensionCount = enabledCount > 0 ? 2 : 1;
    info.ppEnabledExtensionNames = extensions;
  }
  return vkCreateInstance(&info, NULL, instance);
}

static inline VkResult kalsae_create_messenger(
    VkInstance instance, const KalsaeInstanceRequest *request, VkDebugUtilsMessengerEXT *messenger) {
  PFN_vkCreateDebugUtilsMessengerEXT create =
      (PFN_vkCreateDebugUtilsMessengerEXT)vkGetInstanceProcAddr(instance, "vkCreateDebugUtilsMessengerEXT");
  if (!create) return VK_ERROR_EXTENSION_NOT_PRESENT;
  VkDebugUtilsMessengerCreateInfoEXT info = kalsae_messenger_info(request);
  return create(instance, &info, NULL, messenger);
}

static inline void kalsae_destroy_messenger(VkInstance instance, VkDebugUtilsMessengerEXT messenger) {
  PFN_vkDestroyDebugUtilsMessengerEXT destroy =
      (PFN_vkDestroyDebugUtilsMessengerEXT)vkGetInstanceProcAddr(instance, "vkDestroyDebugUtilsMessengerEXT");
  if (destroy) destroy(instance, messenger, NULL);
}

// Names an object for validation messages; does nothing where the extension is off.
static inline void kalsae_set_name(
    VkInstance instance, VkDevice device, VkObjectType type, const void *handle, const char *name) {
  PFN_vkSetDebugUtilsObjectNameEXT set =
      (PFN_vkSetDebugUtilsObjectNameEXT)vkGetInstanceProcAddr(instance, "vkSetDebugUtilsObjectNameEXT");
  if (!set) return;
  VkDebugUtilsObjectNameInfoEXT info = {VK_STRUCTURE_TYPE_DEBUG_UTILS_OBJECT_NAME_INFO_EXT};
  info.objectType = type;
  info.objectHandle = (uint64_t)(uintptr_t)handle;
  info.pObjectName = name;
  set(device, &info);
}
