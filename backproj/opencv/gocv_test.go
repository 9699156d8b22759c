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
	m, err := gocv.NewMatFromBytes(1000, 1000, gocv.MatTypeCV8UC3, make([]byte, 9))
	if err != nil {
		t.Fatalf("it does now: %v", err)
	}
	defer m.Close()
	if m.Total() != 1e6 {
		t.Errorf("%d pixels, want 1,000,000 over 9 bytes", m.Total())
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
