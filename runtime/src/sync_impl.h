/* The queue of waiters that locks and queues share. Not installed. */
#ifndef ART_SYNC_IMPL_H
#define ART_SYNC_IMPL_H

#include "art/sync.h"

static inline void art__queue_push(art_wait_queue *queue, art_wait_entry *entry)
{
    entry->next = NULL;
    entry->prev = queue->last;
    if (queue->last)
        queue->last->next = entry;
    else
        queue->first = entry;
    queue->last = entry;
}

static inline void art__queue_remove(art_wait_queue *queue, art_wait_entry *entry)
{
    if (entry->prev)
        entry->prev->next = entry->next;
    else
        queue->first = entry->next;
    if (entry->next)
        entry->next->prev = entry->prev;
    else
        queue->last = entry->prev;
    entry->prev = entry->next = NULL;
}

#endif
