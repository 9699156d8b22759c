package reserve

import (
	"runtime"
	"runtime/metrics"
	"syscall"
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
		Take(4, 3, size, false)
		if n := runtime.GOMAXPROCS(0); n != 4 {
			t.Fatalf("GOMAXPROCS is %d", n)
		}
		heap, threads := taken()
		if heap < size || threads < 4+3 {
			t.Errorf("%d bytes are free, of %d threads", heap, threads)
		}
	}
	Take(99, 0, 0, false)
	if n := runtime.GOMAXPROCS(0); n != 4 {
		t.Errorf("asked for more threads than there were: GOMAXPROCS is %d", n)
	}
}

func TestALimitCountsWhereNobodyLooks(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("of Linux")
	}
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_AS, &before); err != nil {
		t.Fatal(err)
	}
	if before.Cur != infinity {
		t.Skip("there is a limit already")
	}
	if Limited() {
		t.Error("without a limit")
	}
	limit := syscall.Rlimit{Cur: 1 << 45, Max: before.Max}
	if err := syscall.Setrlimit(syscall.RLIMIT_AS, &limit); err != nil {
		t.Fatal(err)
	}
	defer func() {
		watched.Store(false)
		if err := syscall.Setrlimit(syscall.RLIMIT_AS, &before); err != nil {
			t.Fatal(err)
		}
	}()
	if !Limited() {
		t.Error("not seen")
	}
	Take(1, 0, 0, true)
	if Limited() {
		t.Error("though the caller looks")
	}
}
