// SPDX-License-Identifier: MIT
// The run lock of PostgreSQL behind a transaction pooler (src/driver/postgres/lease.cc): a row with
// an owner and a time when it runs out, on the server's clock, which every work transaction locks
// and checks first. A runner with a direct connection and the advisory lock works beside it.
//
// The lease of a living runner may run out a few times (a heartbeat that does not get through, a
// long pause); that of a dead one always does. A heartbeat is what keeps it from running out
// otherwise, so it needs no process of its own. Two units of work; each is a transaction of its own.
//
// Claims: no unit has its effect twice, whoever works; under fairness all units are applied.
//
// -DPATIENT: who waits only tries when it would succeed. Weak fairness knows no pauses between tries,
// and without them those who wait could keep the one who works from its row for ever.
//
// Broken on purpose, and to be caught:
//   -DNO_FENCE      the work transaction does not lock and check the lease
//   -DNO_XACT_LOCK  the fence does not take the advisory lock of the direct runners
#ifndef POOLED
#define POOLED 2
#endif
#ifndef DIRECT
#define DIRECT 1
#endif
#ifndef CRASHES
#define CRASHES 1
#endif
#ifndef EXPIRIES
#define EXPIRIES 2
#endif
#define UNITS 2
#ifdef PATIENT
#define MAY_TAKE_LEASE ((holder == 0 || !fresh) && advisory == 0)
#define MAY_WORK_DIRECTLY (holder == 0 || !fresh)
#else
#define MAY_TAKE_LEASE true
#define MAY_WORK_DIRECTLY true
#endif
#define MOST 8

byte holder = 0;     // locked_by
bool fresh = false;  // lease_expires_at is to come
byte row = 0;        // the transaction that has the row locked
byte advisory = 0;   // the session or transaction that holds our advisory number
bool dead[MOST];

byte applied = 0;
byte effects[UNITS + 1];

byte crashes = CRASHES;
byte expiries = EXPIRIES;
byte sessions = 0;

inline commit_work(unit) {
  d_step {
    effects[unit]++;
    assert(effects[unit] == 1);
    applied = unit;
    if
    :: holder == me -> fresh = true
    :: else -> skip
    fi
  }
}

// End of a work transaction.
inline free_transaction() {
  d_step {
    if
    :: row == me -> row = 0
    :: else -> skip
    fi;
    if
    :: advisory == me -> advisory = 0
    :: else -> skip
    fi
  }
}

proctype Pooled(byte me) {
  byte next;

  // try_take(), until it succeeds.
  do
  :: atomic { row == 0 && MAY_TAKE_LEASE -> row = me };
     if
     :: (holder == 0 || !fresh) ->
        if
        :: atomic { advisory == 0 -> advisory = me };
           d_step { holder = me; fresh = true; row = 0; advisory = 0 };
           break
        :: advisory != 0 -> row = 0
        fi
     :: else -> row = 0
     fi
  od;

  do
  :: // fence()
#ifndef NO_FENCE
     atomic { row == 0 -> row = me };
     if
     :: holder != me -> row = 0; goto lost
     :: else -> skip
     fi;
#ifndef NO_XACT_LOCK
     if
     :: atomic { advisory == 0 -> advisory = me }
     :: advisory != 0 -> row = 0; goto give_back  // after some tries
     fi;
#endif
#endif
     // The applied set is read again inside the transaction.
     next = applied + 1;
     if
     :: next > UNITS -> free_transaction(); break
     :: else -> skip
     fi;
     if
     :: atomic { crashes > 0 -> crashes--; sessions++; run Pooled(sessions) };
        dead[me] = true;
        // The COMMIT may be on its way; else the server rolls back.
        if
        :: commit_work(next)
        :: true
        fi;
        free_transaction();
        goto lost
     :: true
     fi;
     atomic { commit_work(next); free_transaction() }
  od;

give_back:
  atomic {
    row == 0 ->
    if
    :: holder == me -> holder = 0; fresh = false
    :: else -> skip
    fi
  };
lost:
  dead[me] = true
}

proctype Direct(byte me) {
  byte next;
  do
  :: atomic { advisory == 0 && MAY_WORK_DIRECTLY -> advisory = me };
     if
     :: holder != 0 && fresh -> advisory = 0
     :: else -> break
     fi
  od;
  do
  :: next = applied + 1;
     if
     :: next > UNITS -> break
     :: else -> skip
     fi;
     if
     :: atomic { crashes > 0 -> crashes--; sessions++; run Direct(sessions) };
        if
        :: commit_work(next)
        :: true
        fi;
        break
     :: true
     fi;
     commit_work(next)
  od;
  advisory = 0;
  dead[me] = true
}

// The server's clock. Ends when nobody is left whose lease could run out.
active proctype Clock() {
end:
  do
  :: atomic { fresh && expiries > 0 && !dead[holder] -> fresh = false; expiries-- }
  :: atomic { fresh && dead[holder] -> fresh = false }
  od
}

init {
  byte i = 0;
  atomic {
    do
    :: i < POOLED -> i++; sessions++; run Pooled(sessions)
    :: else -> break
    od;
    i = 0;
    do
    :: i < DIRECT -> i++; sessions++; run Direct(sessions)
    :: else -> break
    od
  }
}

ltl progress { <> (applied == UNITS) }
