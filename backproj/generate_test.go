package backproj

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestAssemblyIsUpToDate runs the generators as the go:generate lines of
// kernel_amd64.go do, and compares their output with the files here, except for
// the first line, which contains the command. It fails if the generators or
// codebook.go, whose offsets the assembly has, were changed but not run.
func TestAssemblyIsUpToDate(t *testing.T) {
	if testing.Short() {
		t.Skip("generating takes some seconds")
	}
	if out, err := exec.Command("go", "mod", "download", "-C", "_asm").CombinedOutput(); err != nil {
		t.Skipf("cannot fetch the generator's modules: %v\n%s", err, out)
	}
	for _, kernel := range []string{"avx512", "avx2"} {
		t.Run(kernel, func(t *testing.T) {
			assembly, stubs := "kernel_"+kernel+"_amd64.s", "stubs_"+kernel+"_amd64.go"
			dir := t.TempDir()
			run := exec.Command("go", "run", "-C", "_asm", "./"+kernel, "-pkg", "backproj",
				"-out", filepath.Join(dir, assembly), "-stubs", filepath.Join(dir, stubs))
			if out, err := run.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			for _, name := range []string{assembly, stubs} {
				if !bytes.Equal(afterFirstLine(t, name), afterFirstLine(t, filepath.Join(dir, name))) {
					t.Errorf("%s is out of date: run go generate ./backproj", name)
				}
			}
		})
	}
}

func afterFirstLine(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := bytes.Cut(text, []byte("\n"))
	return rest
}
