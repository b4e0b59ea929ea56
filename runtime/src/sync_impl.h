/* The queue of waiters that locks and queues share. Not installed. */
#ifndef ART_SYNC_IMPL_H
#define ART_SYNC_IMPL_H

#include "art/sync.h"

void art__queue_push(art_wait_queue *queue, art_wait_entry *entry);
void art__queue_remove(art_wait_queue *queue, art_wait_entry *entry);

#endif
