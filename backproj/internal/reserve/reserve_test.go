package reserve

import (
	"runtime"
	"runtime/metrics"
	"testing"
)

// taken returns how many bytes the heap has of the system, and how many threads there are.
func taken() (heap, threads uint64) {
	s := []metrics.Sample{
		{Name: "/memory/classes/heap/free:bytes"},
		{Name: "/memory/classes/heap/released:bytes"},
		{Name: "/sched/threads/total:threads"},
	}
	metrics.Read(s)
	return s[0].Value.Uint64() + s[1].Value.Uint64(), s[2].Value.Uint64()
}

func TestTakenIsWhatCallsWillUse(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(6))
	const size = 200 << 20
	for range 5 {
		Take(4, 3, size)
		if n := runtime.GOMAXPROCS(0); n != 4 {
			t.Fatalf("GOMAXPROCS is %d", n)
		}
		heap, threads := taken()
		if heap < size || threads < 4+3 {
			t.Errorf("%d bytes are free, of %d threads", heap, threads)
		}
	}
	Take(99, 0, 0)
	if n := runtime.GOMAXPROCS(0); n != 4 {
		t.Errorf("asked for more threads than there were: GOMAXPROCS is %d", n)
	}
}
