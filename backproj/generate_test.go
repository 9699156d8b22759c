package backproj

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestAssemblyIsUpToDate runs the generators as the go:generate lines of kernel.go do,
// and compares their output with the files here, except for the first line, which
// contains the command. It fails if the generators or
// codebook.go, whose offsets the assembly has, were changed but not run.
func TestAssemblyIsUpToDate(t *testing.T) {
	if testing.Short() {
		t.Skip("generating takes some seconds")
	}
	if out, err := exec.Command("go", "mod", "download", "-C", "_asm").CombinedOutput(); err != nil {
		t.Skipf("cannot fetch the generator's modules: %v\n%s", err, out)
	}
	for kernel, architecture := range map[string]string{"avx512": "amd64", "avx2": "amd64", "neon": "arm64"} {
		t.Run(kernel, func(t *testing.T) {
			assembly, stubs := "kernel_"+kernel+"_"+architecture+".s", "stubs_"+kernel+"_"+architecture+".go"
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

// TestWordsAreWhatTheirCommentsSay assembles the comments by LLVM. The instructions are
// those that Go's assembler does not know.
func TestWordsAreWhatTheirCommentsSay(t *testing.T) {
	llvm, err := exec.LookPath("llvm-mc")
	if err != nil {
		t.Skip("needs llvm-mc, of LLVM")
	}
	text, err := os.ReadFile("kernel_neon_arm64.s")
	if err != nil {
		t.Fatal(err)
	}
	var comments, words []string
	for _, match := range regexp.MustCompile(`WORD \$0x(\w{8}) // (.*)`).FindAllStringSubmatch(string(text), -1) {
		words, comments = append(words, match[1]), append(comments, match[2])
	}
	assemble := exec.Command(llvm, "-triple=aarch64", "-show-encoding")
	assemble.Stdin = strings.NewReader(strings.Join(comments, "\n"))
	out, err := assemble.Output()
	if err != nil {
		t.Fatal(err)
	}
	encodings := regexp.MustCompile(`encoding: \[0x(..),0x(..),0x(..),0x(..)\]`).FindAllStringSubmatch(string(out), -1)
	if len(encodings) != len(words) || len(words) == 0 {
		t.Fatalf("%d instructions for %d words", len(encodings), len(words))
	}
	for i, e := range encodings {
		if want := e[4] + e[3] + e[2] + e[1]; words[i] != want {
			t.Errorf("%s: %s, want %s", comments[i], words[i], want)
		}
	}
}
