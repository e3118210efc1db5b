#include "CPlatform.h"

#include <pthread.h>

_Thread_local int platform_own_thread_slot;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static int has_key;
static uint64_t taken;

_Static_assert(platform_thread_slots == 64, "one bit each of a word");

// At the end of a thread. Whoever asks for the thread's number after this gets one again, and this runs again.
static void give_back(void *value) {
  int slot = (int)(intptr_t)value - 1;
  platform_own_thread_slot = 0;
  pthread_mutex_lock(&lock);
  taken &= ~((uint64_t)1 << slot);
  pthread_mutex_unlock(&lock);
}

static void make_key(void) { has_key = pthread_key_create(&key, give_back) == 0; }

int platform_take_thread_slot(void) {
  pthread_once(&once, make_key);
  int slot = platform_thread_slots;
  if (has_key) {
    pthread_mutex_lock(&lock);
    if (~taken) {
      slot = __builtin_ctzll(~taken);
      taken |= (uint64_t)1 << slot;
    }
    pthread_mutex_unlock(&lock);
  }
  // A thread that would not be told of its end can have no number: nobody would get it back.
  if (slot < platform_thread_slots && pthread_setspecific(key, (void *)(intptr_t)(slot + 1)) != 0) {
    pthread_mutex_lock(&lock);
    taken &= ~((uint64_t)1 << slot);
    pthread_mutex_unlock(&lock);
    slot = platform_thread_slots;
  }
  platform_own_thread_slot = slot + 1;
  return slot;
}
