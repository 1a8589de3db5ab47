// SPDX-License-Identifier: MIT
// The run lock of PostgreSQL in its direct form (src/driver/postgres/lock.h, AdvisoryLock) with the
// journal of a non-transactional migration (src/run/stepwise.cc).
//
// One migration of three statements, the second of them bare. Runners crash or lose their
// connection at any step; the session left behind finishes, or not, the statement or COMMIT that it
// was sent, and frees its locks only then. A crashed runner is started again. A goose Provider with
// its session locker comes by as well.
//
// Claims: no statement has its effect twice; nobody executes while another does, goose included; a
// run ends where an undisturbed one ends; under fairness the migration is applied.
//
// Broken on purpose, and to be caught:
//   -DNO_PROBE    an interrupted bare statement is repeated without a look at the catalogue
//   -DNO_LOCK     no lock is taken
//   -DNO_SHARED   goose's number is not held
#ifndef RUNNERS
#define RUNNERS 2
#endif
#ifndef CRASHES
#define CRASHES 2
#endif
#define STATEMENTS 3
#define BARE 2

byte own = 0;            // the session that holds our number
byte shared = 0;         // sessions that hold goose's number shared
bool exclusive = false;  // the goose Provider holds it
byte executing = 0;      // sessions with a statement in flight

// What is committed: the version row, the journal row, the work itself.
bool applied = false;
bool journal = false;
byte done = 0;
byte running = 0;
byte effects[STATEMENTS + 1];
bool in_catalogue = false;  // what the bare statement makes

byte crashes = CRASHES;
byte sessions = 0;  // ever opened
byte ended = 0;     // runs that ended, one for each runner

inline take_effect(number) {
  effects[number]++;
  assert(effects[number] == 1)
}

// A transaction that changes the journal row, guarded by what this run knows of it. `overtaken` is
// set when the row stands elsewhere.
#define GUARDED(change)                                              \
  d_step {                                                           \
    if                                                               \
    :: journal && done == my_done && running == my_running -> change \
    :: else -> overtaken = true                                      \
    fi                                                               \
  }

// The runner may die here. What it sent last is then carried on by the session alone.
#define MAY_CRASH(left_behind)                                           \
  if                                                                     \
  :: atomic { crashes > 0 -> crashes--; sessions++; run Runner(sessions) }; \
     left_behind;                                                        \
     goto session_ends                                                   \
  :: true                                                                \
  fi

proctype Runner(byte me) {
  byte my_done, my_running;
  bool overtaken = false;
  bool held = false;

#ifndef NO_LOCK
  do
  :: atomic { own == 0 -> own = me };
#ifdef NO_SHARED
     held = true; break
#else
     if
     :: atomic { !exclusive -> shared++; held = true }; break
     :: exclusive -> own = 0
     fi
#endif
  od;
#endif
  MAY_CRASH(skip);

take_up:
  overtaken = false;
  d_step {
    if
    :: applied -> skip
    :: !applied && !journal -> journal = true; done = 0; running = 0
    :: else -> skip
    fi;
    my_done = done;
    my_running = running
  };
  if
  :: applied -> goto session_ends
  :: else -> skip
  fi;

  do
  :: my_done == STATEMENTS -> break
  :: my_done < STATEMENTS ->
     MAY_CRASH(skip);
     if
     :: my_running > 0 ->
        // Caught between intent and outcome.
#ifndef NO_PROBE
        if
        :: in_catalogue -> GUARDED(done++; running = 0; my_done++; my_running = 0)
        :: else -> GUARDED(running = 0; my_running = 0)
        fi
#else
        GUARDED(running = 0; my_running = 0)
#endif
     :: my_running == 0 && my_done + 1 == BARE ->
        GUARDED(running = done + 1; my_running = running);
        if
        :: overtaken -> goto take_up
        :: else -> skip
        fi;
        d_step { executing++; assert(executing == 1 && !exclusive) };
        MAY_CRASH(if :: d_step { take_effect(BARE); in_catalogue = true } :: true fi; executing--);
        d_step { take_effect(BARE); in_catalogue = true; executing-- };
        MAY_CRASH(skip);
        GUARDED(done++; running = 0; my_done++; my_running = 0)
     :: else ->
        // One transaction: the statement and its journal entry.
        d_step { executing++; assert(executing == 1 && !exclusive) };
        MAY_CRASH(
          if
          :: d_step {
               if
               :: journal && done == my_done && running == my_running ->
                  take_effect(done + 1); done++
               :: else -> skip
               fi
             }
          :: true
          fi;
          executing--);
        d_step { GUARDED(take_effect(done + 1); done++; my_done++); executing-- }
     fi;
     if
     :: overtaken -> goto take_up
     :: else -> skip
     fi
  od;
  MAY_CRASH(if :: GUARDED(journal = false; applied = true) :: true fi);
  GUARDED(journal = false; applied = true);
  if
  :: overtaken -> goto take_up
  :: else -> skip
  fi;
  assert(effects[1] == 1 && effects[2] == 1 && effects[3] == 1);

session_ends:
  if
  :: held ->
     atomic {
       own = 0;
#ifndef NO_SHARED
       shared--
#endif
     }
  :: else -> skip
  fi;
  ended++
}

// goose's Provider holds its number alone while it works, and knows nothing of the journal.
proctype Provider() {
  atomic { shared == 0 && !exclusive -> exclusive = true };
  assert(executing == 0);
  exclusive = false
}

init {
  atomic {
    do
    :: sessions < RUNNERS -> sessions++; run Runner(sessions)
    :: else -> break
    od;
    run Provider()
  }
}

ltl progress { <> (applied) }
