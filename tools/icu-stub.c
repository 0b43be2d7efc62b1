/* The data of ICU, empty: a package of no entries, as ICU's file format "ToCP" has it. Foundation asks ICU about languages
   and calendars alone, which Kalsae does not use, and its 34 MB would be half of the program. */
#include <stdint.h>

struct Package {
  uint16_t header_byte_count;
  uint8_t magic[2];
  uint16_t info_byte_count, reserved;
  uint8_t is_big_endian, is_ebcdic, character_byte_count, zero;
  uint8_t format[4], format_version[4], data_version[4], padding[8];
  uint32_t entry_count, entries;
};

/* ICU_DATA_SYMBOL is what the toolchain's ICU looks for, such as icudt76_dat. */
const struct Package ICU_DATA_SYMBOL __attribute__((aligned(16))) = {
    .header_byte_count = 32, .magic = {0xda, 0x27}, .info_byte_count = 20, .character_byte_count = 2,
    .format = {'T', 'o', 'C', 'P'}, .format_version = {1}};
