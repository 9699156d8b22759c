//go:build unix && !386 && !arm && !mips && !mipsle

package foreign

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/backproj/backproj/backproj"
)

func TestLeaveTurnsAFaultInATruncatedFileIntoAnError(t *testing.T) {
	// Large enough to be split over goroutines: the fault may happen in any.
	const width, height = 2048, 1024
	path := filepath.Join(t.TempDir(), "frame")
	if err := os.WriteFile(path, make([]byte, 3*width*height), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	pix, err := syscall.Mmap(int(file.Fd()), 0, 3*width*height, syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Munmap(pix)
	for _, left := range []int64{0, 3 * width * height / 4 * 3} {
		if err := os.Truncate(path, left); err != nil {
			t.Fatal(err)
		}
		err := call(func() {
			image := backproj.Image{Pix: pix, Width: width, Height: height}
			_, _ = backproj.NewHistogram(image, &backproj.Options{Run: backproj.Run{Threads: 4}})
		})
		if err == nil || !strings.Contains(err.Error(), "went away during the call") {
			t.Errorf("%d bytes left: %v", left, err)
		}
	}
}
