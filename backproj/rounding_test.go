package backproj

import (
	"os"
	"os/exec"
	"regexp"
	"testing"
)

// TestNoProductIsFusedWithASum compiles the package for CPUs on which Go may turn
// x*y + z into one instruction, which rounds only once: results would depend on
// the CPU. Write float64(x*y) + z to keep Go from that.
func TestNoProductIsFusedWithASum(t *testing.T) {
	fused := regexp.MustCompile(`(?m)^.*\b(VFN?M(ADD|SUB)\d*S[SD]|FN?M(ADD|SUB)[SD])\b.*$`)
	for _, target := range []string{"GOARCH=arm64", "GOAMD64=v3"} {
		build := exec.Command("go", "build", "-gcflags=-S", ".")
		build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOARCH=amd64", target)
		listing, err := build.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", target, err, listing)
		}
		if found := fused.Find(listing); found != nil {
			t.Errorf("%s: %s", target, found)
		}
	}
}
