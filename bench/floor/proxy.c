/* SPDX-License-Identifier: MIT
 *
 * proxy LISTEN_PATH SERVER_PATH DELAY_US COUNT_FILE: a distant server. Passes Unix-domain
 * connections on, each byte DELAY_US microseconds after it came, which adds twice that to a round
 * trip. After every connection it adds the line `round_trips bytes_sent bytes_received` to
 * COUNT_FILE: a round trip is counted when the server speaks after the client has.
 *
 * A process for each connection. Chunks wait in a ring for their time; a full ring stops the
 * reading, so that memory stays bounded.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { kChunk = 1 << 16, kChunks = 256 };

typedef struct {
  long long due_us;
  size_t size, sent;
  char bytes[kChunk];
} Chunk;

typedef struct {
  int from, to, ended, closed; /* ended: no more to read; closed: and all of it passed on */
  size_t first, count;
  long long bytes;
  Chunk ring[kChunks];
} Direction;

static long long delay_us;

static long long now_us(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000LL + time.tv_nsec / 1000;
}

static int unix_socket(const char* path, int listening) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  const int handle = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (strlen(path) >= sizeof address.sun_path) return -1;
  strcpy(address.sun_path, path);
  if (listening) unlink(path);
  const int result = listening ? bind(handle, (struct sockaddr*)&address, sizeof address)
                               : connect(handle, (struct sockaddr*)&address, sizeof address);
  if (handle < 0 || result != 0) {
    perror(path);
    exit(1);
  }
  return handle;
}

/* Returns the number of bytes that came. */
static size_t take_in(Direction* way) {
  Chunk* chunk = &way->ring[(way->first + way->count) % kChunks];
  const ssize_t count = recv(way->from, chunk->bytes, kChunk, MSG_DONTWAIT);
  if (count < 0) {
    if (errno != EAGAIN && errno != EINTR) way->ended = 1;
    return 0;
  }
  if (count == 0) {
    way->ended = 1;
    return 0;
  }
  chunk->due_us = now_us() + delay_us;
  chunk->size = (size_t)count;
  chunk->sent = 0;
  ++way->count;
  way->bytes += count;
  return (size_t)count;
}

static void pass_on(Direction* way, long long now) {
  while (way->count > 0 && way->ring[way->first].due_us <= now) {
    Chunk* chunk = &way->ring[way->first];
    const ssize_t count = send(way->to, chunk->bytes + chunk->sent, chunk->size - chunk->sent,
                               MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count < 0) {
      if (errno == EAGAIN || errno == EINTR) return;
      way->ended = 1;
      way->count = 0;
      break;
    }
    chunk->sent += (size_t)count;
    if (chunk->sent < chunk->size) return;
    way->first = (way->first + 1) % kChunks;
    --way->count;
  }
  if (way->ended && way->count == 0 && !way->closed) {
    shutdown(way->to, SHUT_WR);
    way->closed = 1;
  }
}

/* What `way` waits for, and how long at most. */
static void prepare(const Direction* way, struct pollfd* polls, long long now, long long* wait_us) {
  polls[0] = (struct pollfd){way->ended || way->count == kChunks ? -1 : way->from, POLLIN, 0};
  polls[1] = (struct pollfd){-1, POLLOUT, 0};
  if (way->count == 0) return;
  const long long left = way->ring[way->first].due_us - now;
  if (left <= 0) polls[1].fd = way->to;
  if (left > 0 && (*wait_us < 0 || left < *wait_us)) *wait_us = left;
}

static void serve(int client, const char* server_path, const char* count_path) {
  const int server = unix_socket(server_path, 0);
  Direction* ways = calloc(2, sizeof *ways);
  if (ways == NULL) exit(1);
  ways[0].from = ways[1].to = client;
  ways[1].from = ways[0].to = server;
  long long round_trips = 0;
  int client_spoke = 0;
  while (!ways[0].closed || !ways[1].closed) {
    struct pollfd polls[4];
    long long wait_us = -1;
    const long long now = now_us();
    prepare(&ways[0], polls, now, &wait_us);
    prepare(&ways[1], polls + 2, now, &wait_us);
    const struct timespec wait = {wait_us / 1000000, wait_us % 1000000 * 1000};
    if (ppoll(polls, 4, wait_us < 0 ? NULL : &wait, NULL) < 0 && errno != EINTR) break;
    if (polls[0].revents != 0 && take_in(&ways[0]) > 0) client_spoke = 1;
    if (polls[2].revents != 0 && take_in(&ways[1]) > 0 && client_spoke) {
      ++round_trips;
      client_spoke = 0;
    }
    pass_on(&ways[0], now_us());
    pass_on(&ways[1], now_us());
  }
  char line[96];
  const int size =
      snprintf(line, sizeof line, "%lld %lld %lld\n", round_trips, ways[0].bytes, ways[1].bytes);
  const int counts = open(count_path, O_WRONLY | O_CREAT | O_APPEND, 0644);
  if (counts < 0 || write(counts, line, (size_t)size) != size) perror(count_path);
}

int main(int argc, char** argv) {
  if (argc != 5) return fputs("usage: see the head of proxy.c\n", stderr), 2;
  delay_us = atoll(argv[3]);
  signal(SIGCHLD, SIG_IGN);
  const int listening = unix_socket(argv[1], 1);
  if (listen(listening, 16) != 0) return perror("listen"), 1;
  for (;;) {
    const int client = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
    if (client < 0) continue;
    if (fork() == 0) {
      close(listening);
      serve(client, argv[2], argv[4]);
      return 0;
    }
    close(client);
  }
}
