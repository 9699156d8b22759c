package reserve

import "sync/atomic"

// infinity is the limit of a process that has none.
const infinity = 1<<64 - 1

// watched is whether the caller looks at limits before each call.
var watched atomic.Bool

// Limited reports whether address space is limited and nobody looks at limits
// before calls, as it is where a limit is set after the first call. A bound
// function asks before it does anything: the runtime would end the process if
// it was refused memory.
func Limited() bool { return !watched.Load() && limited() }
