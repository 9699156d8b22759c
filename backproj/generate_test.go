package backproj

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestAssemblyIsWhatItsGeneratorsWrite runs what the go:generate lines of
// kernel_amd64.go run, and compares all but the line that tells the command.
func TestAssemblyIsWhatItsGeneratorsWrite(t *testing.T) {
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
					t.Errorf("%s is not what its generator writes: run go generate ./backproj", name)
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
