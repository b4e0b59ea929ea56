/* The module struct: values as bytes. What is wrong is put into `failure`, a list[str], for the module to raise struct.error with. */
#ifndef ART_STRUCT_H
#define ART_STRUCT_H

#include "art/bytes.h"
#include "art/list.h"

int64_t art_struct_size(const art_str *format, art_list *failure);
art_bytes *art_struct_pack(const art_str *format, const art_list *values, art_list *failure); /* list[Any] */
/* The values at `offset`, of which there are enough bytes. `type`: list[Any]. */
art_list *art_struct_unpack(const art_str *format, const art_bytes *data, int64_t offset, art_list *failure, const art_type *type);

#endif
