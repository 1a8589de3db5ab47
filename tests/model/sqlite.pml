// SPDX-License-Identifier: MIT
// SQLite, which has no run lock: runners interleave, each transaction takes the write lock when it
// begins and then looks whether the journal row still stands where this run left it
// (src/run/stepwise.cc, begin()).
//
// One migration of three statements: an ordinary one, a bare one that may be repeated (VACUUM), an
// ordinary one. A process that dies takes its locks and its transaction with it at once.
//
// Claims: no ordinary statement has its effect twice; under fairness the migration is applied.
//
// Broken on purpose, and to be caught:
//   -DNO_LOOK   the journal row is not looked at inside the transaction, nor compared when set
//   -DWITHDRAW  an intent is taken back before its statement is repeated: two runners can then take
//               back each other's for ever (progress)
#ifndef RUNNERS
#define RUNNERS 3
#endif
#ifndef CRASHES
#define CRASHES 2
#endif
#define STATEMENTS 3
#define BARE 2

bool writing = false;  // SQLite's write lock

bool applied = false;
bool journal = false;
byte done = 0;
byte running = 0;
byte effects[STATEMENTS + 1];

byte crashes = CRASHES;

#define BEGIN_IMMEDIATE atomic { !writing -> writing = true }
#define END_TRANSACTION writing = false

#ifdef NO_LOOK
#define UNCHANGED true
#else
#define UNCHANGED (journal && done == my_done && running == my_running)
#endif

#define MAY_CRASH                                                     \
  if                                                                  \
  :: atomic { crashes > 0 -> crashes--; if :: mine -> writing = false :: else -> skip fi; \
              mine = false; goto take_up }                            \
  :: true                                                             \
  fi

proctype Runner() {
  byte my_done, my_running;
  bool mine = false;  // the write lock

take_up:
  BEGIN_IMMEDIATE; mine = true;
  if
  :: applied -> END_TRANSACTION; goto ends
  :: else -> skip
  fi;
  d_step {
    if
    :: !journal -> journal = true; done = 0; running = 0
    :: else -> skip
    fi;
    my_done = done;
    my_running = running
  };
  END_TRANSACTION; mine = false;

  do
  :: my_done == STATEMENTS -> break
  :: my_done < STATEMENTS ->
     MAY_CRASH;
     if
     :: my_running > 0 ->
        // Somebody's intent, who is dead or is at it now. VACUUM may be repeated: judge() answers
        // did_not_happen.
#ifdef WITHDRAW
        BEGIN_IMMEDIATE; mine = true;
        if
        :: UNCHANGED -> running = 0; my_running = 0
        :: else -> END_TRANSACTION; mine = false; goto take_up
        fi;
        END_TRANSACTION; mine = false
#else
        goto run_bare
#endif
     :: my_running == 0 && my_done + 1 == BARE ->
        BEGIN_IMMEDIATE; mine = true;
        if
        :: UNCHANGED -> running = my_done + 1; my_running = running
        :: else -> END_TRANSACTION; mine = false; goto take_up
        fi;
        END_TRANSACTION; mine = false;
        MAY_CRASH;
run_bare:
        BEGIN_IMMEDIATE; mine = true;  // VACUUM takes the write lock for itself
        END_TRANSACTION; mine = false;
        MAY_CRASH;
        BEGIN_IMMEDIATE; mine = true;
        if
        :: UNCHANGED -> d_step { done = my_done + 1; running = 0; my_done++; my_running = 0 }
        :: else -> END_TRANSACTION; mine = false; goto take_up
        fi;
        END_TRANSACTION; mine = false
     :: else ->
        BEGIN_IMMEDIATE; mine = true;
        if
        :: UNCHANGED -> skip
        :: else -> END_TRANSACTION; mine = false; goto take_up
        fi;
        MAY_CRASH;
        d_step {
          effects[my_done + 1]++;
          assert(effects[my_done + 1] == 1);
          done = my_done + 1;
          my_done++
        };
        END_TRANSACTION; mine = false
     fi
  od;
  BEGIN_IMMEDIATE; mine = true;
  if
  :: UNCHANGED -> d_step { journal = false; applied = true }
  :: else -> END_TRANSACTION; mine = false; goto take_up
  fi;
  END_TRANSACTION;
  assert(effects[1] == 1 && effects[3] == 1);
ends:
  skip
}

init {
  byte i = 0;
  atomic {
    do
    :: i < RUNNERS -> i++; run Runner()
    :: else -> break
    od
  }
}

ltl progress { <> (applied) }
