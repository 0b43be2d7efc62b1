// Head of the step buffer: all that varies from one step to the next. Offsets count 32-bit
// words from the header's end.
#ifndef STEP_H
#define STEP_H

#include "kernel_types.h"

#define PAGE_LENGTH 64

struct StepHeader {
  uint token_count;
  uint output_count;
  uint feeds_back;         // 1: a sampled id becomes its row's next token and the row's position advances
  uint pages_per_sequence;
  uint tokens;             // offset of the token id of each row
  uint positions;          // offset of the position of each row
  uint sequences;          // offset of the sequence of each row
  uint output_rows;        // offset of the rows whose logits are wanted
  uint page_tables;        // offset of pages_per_sequence page numbers for each sequence
  uint ring;               // offset of ring_length × ring_stride sampled ids
  uint ring_length;
  uint ring_stride;        // outputs that one ring entry can hold
  uint ring_cursors;       // offset of the next ring entry of each output
  uint sampling;           // offset of the SamplingParams of each sequence
  uint seen;               // offset of seen_stride words for each sequence: a bit for each id that was there before
  uint seen_stride;
  uint counts;             // offset of counts_stride words for each sequence: 16 bits for how often each id was chosen
  uint counts_stride;
  uint biases;             // offset of BIAS_SLOTS slots for each sequence: an id or all ones, and what is added to its logit
  uint log_ring;           // offset of LOG_WORDS log-probabilities for each id of the ring
};

// How the next id of a sequence is chosen, see SamplingRule.swift.
struct SamplingParams {
  float scale;            // distance per unit of logit; 0: the likeliest id
  uint top_k;             // ids to keep; 0: all
  uint share;             // 2^32 times the probability to reach; 0: all
  uint reach;             // largest distance to keep
  float penalty;          // 1: none
  float inverse_penalty;
  float presence;
  float frequency;
  uint adjustments;       // what changes logits: sums of ADJUSTS_…
  uint log_probabilities;  // 0: none; else 1 more than how many of the likeliest ids are wanted
  uint seed_low;
  uint seed_high;
};

#define SAMPLING_WORDS 12

// Of one id: its own log-probability, then id and log-probability of up to 20.
#define LOG_WORDS 41

#define ADJUSTS_BIASED 1  // biases
#define ADJUSTS_SEEN 2    // the repetition penalty
#define ADJUSTS_CHOSEN 4  // presence and frequency

// The first slot of an id is the product's highest bits.
#define BIAS_SLOTS 1024
#define BIAS_SHIFT 22
#define BIAS_MULTIPLIER 0x9e3779b9

#endif
