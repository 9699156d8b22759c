//go:build opencv

package opencv

import (
	"errors"
	"fmt"

	"github.com/backproj/backproj/backproj"
	"gocv.io/x/gocv"
)

// What both calls say of the histogram: hue and saturation are the first two
// channels of an HSV image, each of 32 bins. The ranges are those of OpenCV's
// 8-bit HSV.
var (
	channels = []int{0, 1}
	bins     = []int{32, 32}
	ranges   = []float64{0, 180, 0, 256}
)

// Cells is the number of bins of the histograms of this package.
const Cells = 32 * 32

// peak is the value of the fullest bin.
const peak = 256

// Version returns the version of OpenCV that runs, such as "4.6.0".
func Version() string {
	return gocv.OpenCVVersion()
}

// StartNoThreads has OpenCV do all work in the threads that call it.
func StartNoThreads() {
	if gocv.GetNumThreads() != 1 {
		gocv.SetNumThreads(1)
	}
}

// Fit makes h the histogram of a model, like [backproj.Histogram.Fit] with a peak
// of 256: it counts the pixels of model where mask is not 0, or all of them if the
// mask has no Pix, and overwrites the counts, the values and, if there is one, the
// table of h. The layout of h must be the default one, and h.Run is ignored.
func Fit(h *backproj.Histogram, model backproj.Image, mask backproj.Plane) error {
	if !h.Layout.Equal(backproj.Layout{}) {
		return fmt.Errorf("opencv: Histogram: field Layout: %+v is not the default layout, the only one supported", h.Layout)
	}
	if length, err := h.Layout.TableLen(); err == nil && h.Table != nil && len(h.Table) != length {
		return fmt.Errorf("opencv: Histogram: field Table: %d bytes, not %d", len(h.Table), length)
	}
	if len(h.Counts) != Cells || len(h.Values) != Cells {
		return fmt.Errorf("opencv: Histogram: %d counts and %d values, not %d",
			len(h.Counts), len(h.Values), Cells)
	}
	image, err := model.Crop(0, 0, model.Width, model.Height)
	if err != nil {
		return fmt.Errorf("opencv: model: %w", err)
	}
	if image.Width == 0 || image.Height == 0 {
		return fmt.Errorf("opencv: model: %d×%d has no pixels", image.Width, image.Height)
	}
	if mask.Pix != nil {
		if mask, err = mask.Crop(0, 0, mask.Width, mask.Height); err != nil {
			return fmt.Errorf("opencv: mask: %w", err)
		}
		if mask.Width != image.Width || mask.Height != image.Height {
			return fmt.Errorf("opencv: mask: %d×%d, but the model is %d×%d",
				mask.Width, mask.Height, image.Width, image.Height)
		}
	}
	clear(h.Counts)
	for part := range parts(image, mask) {
		if err := count(h.Counts, part.image, part.plane); err != nil {
			return err
		}
	}
	if err := normalize(h.Values, h.Counts); err != nil || h.Table == nil {
		return err
	}
	return h.Tabulate(1)
}

// count adds the pixels of image to tally, those where mask is not 0 if it has
// a Pix.
func count(tally []int64, image backproj.Image, mask backproj.Plane) error {
	var s scope
	defer s.close()
	hsv, err := s.hsv(image)
	if err != nil {
		return err
	}
	where := s.empty() // as a mask, it counts every pixel
	if mask.Pix != nil {
		if where, err = s.plane(mask); err != nil {
			return err
		}
	}
	hist := s.empty()
	if err := gocv.CalcHist([]gocv.Mat{hsv}, channels, where, &hist, bins, ranges, false); err != nil {
		return fmt.Errorf("opencv: calcHist: %w", err)
	}
	counts, err := hist.DataPtrFloat32()
	if err != nil {
		return fmt.Errorf("opencv: calcHist: %w", err)
	}
	for i, n := range counts[:len(tally)] {
		tally[i] += int64(n)
	}
	return nil
}

// normalize scales counts so that the least becomes 0 and the greatest peak.
func normalize(values []float32, counts []int64) error {
	// OpenCV's histogram is of float32, which rounds counts beyond 2^24.
	rounded := make([]float32, len(counts))
	for i, n := range counts {
		rounded[i] = float32(n)
	}
	var s scope
	defer s.close()
	src, err := s.histogram(rounded)
	if err != nil {
		return err
	}
	dst, err := s.histogram(values)
	if err != nil {
		return err
	}
	if err := gocv.Normalize(src, &dst, 0, peak, gocv.NormMinMax); err != nil {
		return fmt.Errorf("opencv: normalize: %w", err)
	}
	return nil
}

// BackProject writes to each pixel of dst the value of the bin that the same
// pixel of frame falls into, rounded half to even and limited to 0 to 255. The
// two must be of one size and must not share memory. The values are those of a
// histogram that Fit or [backproj.NewHistogram] made.
func BackProject(dst backproj.Plane, frame backproj.Image, values []float32) error {
	if len(values) != Cells {
		return fmt.Errorf("opencv: values: %d, not %d", len(values), Cells)
	}
	image, err := frame.Crop(0, 0, frame.Width, frame.Height)
	if err != nil {
		return fmt.Errorf("opencv: frame: %w", err)
	}
	out, err := dst.Crop(0, 0, dst.Width, dst.Height)
	if err != nil {
		return fmt.Errorf("opencv: dst: %w", err)
	}
	if out.Width != image.Width || out.Height != image.Height {
		return fmt.Errorf("opencv: dst: %d×%d, but the frame is %d×%d",
			out.Width, out.Height, image.Width, image.Height)
	}
	if image.Width == 0 || image.Height == 0 {
		return nil
	}
	if out.Stride == backproj.Repeat && out.Height > 1 || out.PixelStride == backproj.Repeat && out.Width > 1 {
		return errors.New("opencv: dst: field Stride: pixels overlap")
	}
	for part := range parts(image, out) {
		if err := project(part.plane, part.image, values); err != nil {
			return err
		}
	}
	return nil
}

// project back-projects image onto dst, which is of the same size.
func project(dst backproj.Plane, image backproj.Image, values []float32) error {
	var s scope
	defer s.close()
	hsv, err := s.hsv(image)
	if err != nil {
		return err
	}
	hist, err := s.histogram(values)
	if err != nil {
		return err
	}
	out := dst
	if !adjoining(dst) {
		out = backproj.Plane{Pix: make([]byte, dst.Width*dst.Height), Width: dst.Width, Height: dst.Height,
			Stride: dst.Width, PixelStride: 1}
	}
	prob, err := s.plane(out)
	if err != nil {
		return err
	}
	// gocv passes its last argument, called uniform, as OpenCV's scale: see
	// docs/gocv.md. True is a scale of 1.
	if err := gocv.CalcBackProject([]gocv.Mat{hsv}, channels, hist, &prob, ranges, true); err != nil {
		return fmt.Errorf("opencv: calcBackProject: %w", err)
	}
	if !adjoining(dst) {
		scatter(dst, out.Pix)
	}
	return nil
}
