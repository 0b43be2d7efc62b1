extension ShippedTunings {
  /// Mesa's CPU driver with AVX2 on two cores of an EPYC, for the demo model.
  static let llvmpipe = #"""
    {"date": "2026-11-24", "device": "llvmpipe (LLVM 15.0.6, 256 bits)", "deviceID": 0, "driver": "llvmpipe Mesa 25.0.7-2~bpo12+1 (LLVM 15.0.6)", "vendorID": 65541,
     "entries": {
      "embedding bf16 256×256×256": {"kernel": "embedding", "tuning": {"WORKGROUP": 32}, "ratio": 0.904,
       "nanoseconds": 118762, "caseName": "embedding 256×256×256", "code": ""},
      "linear bf16 16×1024×256": {"kernel": "linear_tokens", "tuning": {"ROWS": 128, "TOKENS": 2}, "ratio": 0.777,
       "nanoseconds": 390139, "caseName": "gate_up 16×1024×256", "code": ""},
      "linear bf16 16×256×256": {"kernel": "linear_tokens", "tuning": {"ROWS": 128, "TOKENS": 2}, "ratio": 0.794,
       "nanoseconds": 176657, "caseName": "qkv 16×384×256", "code": ""},
      "linear bf16 16×256×512": {"kernel": "linear_tokens", "tuning": {"ROWS": 128, "TOKENS": 2}, "ratio": 0.789,
       "nanoseconds": 203584, "caseName": "feed_forward_output 16×256×512", "code": ""},
      "linear bf16 1×256×256": {"kernel": "linear_lane", "tuning": {"ROWS": 4, "TOKENS": 1}, "ratio": 0.934,
       "nanoseconds": 97040, "caseName": "qkv 1×384×256", "code": ""},
      "linear bf16 1×256×512": {"kernel": "linear_lane", "tuning": {"ROWS": 4, "TOKENS": 1}, "ratio": 0.933,
       "nanoseconds": 121883, "caseName": "feed_forward_output 1×256×512", "code": ""},
      "linear bf16 256×1024×256": {"kernel": "linear_tokens", "tuning": {"ROWS": 128, "TOKENS": 2}, "ratio": 0.808,
       "nanoseconds": 6137718, "caseName": "gate_up 256×1024×256", "code": ""},
      "linear bf16 256×256×256": {"kernel": "linear_tokens", "tuning": {"ROWS": 128, "TOKENS": 2}, "ratio": 0.743,
       "nanoseconds": 2167408, "caseName": "qkv 256×384×256", "code": ""},
      "linear bf16 4×1024×256": {"kernel": "linear_lane", "tuning": {"ROWS": 4, "TOKENS": 4}, "ratio": 0.723,
       "nanoseconds": 355762, "caseName": "gate_up 4×1024×256", "code": ""},
      "linear bf16 4×256×256": {"kernel": "linear_lane", "tuning": {"ROWS": 4, "TOKENS": 4}, "ratio": 0.79,
       "nanoseconds": 171244, "caseName": "qkv 4×384×256", "code": ""},
      "linear bf16 4×256×512": {"kernel": "linear_lane", "tuning": {"ROWS": 4, "TOKENS": 4}, "ratio": 0.742,
       "nanoseconds": 111986, "caseName": "feed_forward_output 4×256×512", "code": ""},
      "linear bf16 64×1024×256": {"kernel": "linear_tokens", "tuning": {"ROWS": 128, "TOKENS": 2}, "ratio": 0.745,
       "nanoseconds": 1400898, "caseName": "gate_up 64×1024×256", "code": ""},
      "linear bf16 64×256×512": {"kernel": "linear_tokens", "tuning": {"ROWS": 128, "TOKENS": 2}, "ratio": 0.76,
       "nanoseconds": 730125, "caseName": "feed_forward_output 64×256×512", "code": ""},
      "swiglu f32 256×512×1024": {"kernel": "swiglu", "tuning": {"WORKGROUP": 512}, "ratio": 0.869,
       "nanoseconds": 731914, "caseName": "activated 256×512", "code": ""},
      "swiglu f32 64×512×1024": {"kernel": "swiglu", "tuning": {"WORKGROUP": 512}, "ratio": 0.886,
       "nanoseconds": 191953, "caseName": "activated 64×512", "code": ""}
     }}
    """#
}
