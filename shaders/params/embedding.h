// Push constants of embedding.
#ifndef EMBEDDING_H
#define EMBEDDING_H

#include "kernel_types.h"

struct EmbeddingParams {
  uint columns;    // width of a row
  uint first_row;  // first table row in this chunk
  uint row_count;  // table rows in this chunk
};

#endif
