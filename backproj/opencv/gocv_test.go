//go:build opencv

package opencv

import (
	"image"
	"os"
	"os/exec"
	"strings"
	"testing"

	"gocv.io/x/gocv"
)

// The tests in this file hold docs/gocv.md to what gocv does. They fail if a
// later release mends it, and then that page is to be mended too.

// backProjectOne back-projects, by gocv, a grey pixel by a histogram whose
// every value is 100.
func backProjectOne(t *testing.T, uniform bool) byte {
	t.Helper()
	var s scope
	defer s.close()
	values := make([]float32, 32*32)
	for i := range values {
		values[i] = 100
	}
	hist, err := s.histogram(values)
	if err != nil {
		t.Fatal(err)
	}
	hsv, err := s.over([]byte{0, 0, 9}, 1, 1, gocv.MatTypeCV8UC3, 3)
	if err != nil {
		t.Fatal(err)
	}
	prob := s.empty()
	if err := gocv.CalcBackProject([]gocv.Mat{hsv}, channels, hist, &prob, ranges, uniform); err != nil {
		t.Fatal(err)
	}
	return prob.GetUCharAt(0, 0)
}

func TestGocvTakesUniformForTheScale(t *testing.T) {
	if got := backProjectOne(t, true); got != 100 {
		t.Errorf("uniform true: %d, want 100, the value by a scale of 1", got)
	}
	if got := backProjectOne(t, false); got != 0 {
		t.Errorf("uniform false: %d, want 0, the value by a scale of 0", got)
	}
}

func TestGocvDoesNotCheckTheLengthOfBytes(t *testing.T) {
	long := 1<<32 + 4
	for _, c := range []struct {
		rows, columns         int
		wantRows, wantColumns int
	}{
		{1000, 1000, 1000, 1000},
		{long, 1, 4, 1}, // C's ints have 32 bits
		{-1, 4, -1, 4},
	} {
		m, err := gocv.NewMatFromBytes(c.rows, c.columns, gocv.MatTypeCV8UC3, make([]byte, 9))
		if err != nil {
			t.Errorf("%d×%d: it does now: %v", c.rows, c.columns, err)
			continue
		}
		if m.Rows() != c.wantRows || m.Cols() != c.wantColumns {
			t.Errorf("%d×%d: a Mat of %d×%d", c.rows, c.columns, m.Rows(), m.Cols())
		}
		m.Close()
	}
	if _, err := gocv.NewMatFromBytes(1, 1, gocv.MatTypeCV8UC3, nil); err == nil {
		t.Error("an empty slice: no error")
	}
}

func TestGocvAliasesTheBytes(t *testing.T) {
	pix := []byte{1, 2, 3, 4}
	m, err := gocv.NewMatFromBytes(2, 2, gocv.MatTypeCV8UC1, pix)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	m.SetUCharAt(1, 1, 9)
	if pix[3] != 9 {
		t.Error("the Mat is a copy")
	}
}

func TestGocvFillsAnOutputOfTheRightSizeOnly(t *testing.T) {
	var s scope
	defer s.close()
	src, err := s.over([]byte{1, 2, 3, 4}, 2, 2, gocv.MatTypeCV8UC1, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		rows, columns int
		want          byte
	}{{2, 2, 1}, {1, 4, 0}} {
		out := make([]byte, 4)
		dst, err := s.over(out, c.rows, c.columns, gocv.MatTypeCV8UC1, 1)
		if err != nil {
			t.Fatal(err)
		}
		if err := src.CopyTo(&dst); err != nil || out[0] != c.want {
			t.Errorf("2×2 into %d×%d: %v, out begins with %d, want %d", c.rows, c.columns, err, out[0], c.want)
		}
	}
}

func TestGocvGivesAnEmptyMatWhereItGivesNoError(t *testing.T) {
	var s scope
	defer s.close()
	src, err := s.over(make([]byte, 20), 4, 5, gocv.MatTypeCV8UC1, 1)
	if err != nil {
		t.Fatal(err)
	}
	if m := s.keep(src.Reshape(3, 0)); !m.Empty() {
		t.Error("5 columns of bytes became pixels of 3")
	}
	if err := gocv.LastExceptionError(); err == nil || !strings.Contains(err.Error(), "reshape") {
		t.Errorf("LastExceptionError: %v, want that of reshape", err)
	}
}

func TestGocvReturnsTheExceptionsOfWhatWeCall(t *testing.T) {
	var s scope
	defer s.close()
	none, dst := s.empty(), s.empty()
	for name, err := range map[string]error{
		"CvtColor":        gocv.CvtColor(none, &dst, gocv.ColorBGRToHSV),
		"CalcHist":        gocv.CalcHist([]gocv.Mat{none}, channels, none, &dst, bins, ranges, false),
		"CalcBackProject": gocv.CalcBackProject([]gocv.Mat{none}, channels, none, &dst, ranges, true),
		"Normalize":       gocv.Normalize(none, &dst, 0, 256, gocv.NormType(77)),
	} {
		if err == nil || !strings.Contains(err.Error(), "OpenCV") {
			t.Errorf("%s: %v, want OpenCV's exception", name, err)
		}
	}
}

// Some functions of gocv catch no exception, and recover, which the child
// tries, does not help.
func TestGocvEndsTheProcessWhereItCatchesNothing(t *testing.T) {
	if os.Getenv("BACKPROJ_TEST_REGION") != "" {
		defer func() { recover() }()
		m := gocv.NewMatWithSize(4, 4, gocv.MatTypeCV8UC1)
		m.Region(image.Rect(0, 0, 9, 9))
		os.Exit(0)
	}
	child := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	child.Env = append(os.Environ(), "BACKPROJ_TEST_REGION=1")
	out, err := child.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "SIGABRT") {
		t.Errorf("Region beyond the Mat: %v, want the end by SIGABRT; output:\n%s", err, out)
	}
}
