extension ShippedTunings {
  /// Mesa's CPU driver with AVX2 on two cores of an EPYC, for the demo model.
  static let llvmpipe = #"""
    {"date": "2026-11-24", "device": "llvmpipe (LLVM 15.0.6, 256 bits)", "deviceID": 0, "driver": "llvmpipe Mesa 25.0.7-2~bpo12+1 (LLVM 15.0.6)", "vendorID": 65541,
     "entries": {
      "embedding bf16 64×256×256": {"kernel": "embedding", "tuning": {"WORKGROUP": 32}, "ratio": 0.905,
       "nanoseconds": 49175, "caseName": "embedding 64×256×256", "code": ""},
      "linear bf16 16×256×256": {"kernel": "linear_tokens", "tuning": {"ROWS": 128, "TOKENS": 2}, "ratio": 0.887,
       "nanoseconds": 115429, "caseName": "qkv 16×384×256", "code": ""},
      "linear bf16 16×256×512": {"kernel": "linear_tokens", "tuning": {"ROWS": 128, "TOKENS": 2}, "ratio": 0.938,
       "nanoseconds": 187091, "caseName": "feed_forward_output 16×256×512", "code": ""},
      "swiglu f32 256×512×1024": {"kernel": "swiglu", "tuning": {"WORKGROUP": 512}, "ratio": 0.869,
       "nanoseconds": 731914, "caseName": "activated 256×512", "code": ""},
      "swiglu f32 64×512×1024": {"kernel": "swiglu", "tuning": {"WORKGROUP": 512}, "ratio": 0.886,
       "nanoseconds": 191953, "caseName": "activated 64×512", "code": ""}
     }}
    """#
}
