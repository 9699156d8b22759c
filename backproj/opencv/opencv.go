//go:build opencv

package opencv

import (
	"errors"
	"fmt"

	"github.com/backproj/backproj/backproj"
	"github.com/backproj/backproj/backproj/internal/raster"
	"gocv.io/x/gocv"
)

// The arguments of calcHist and calcBackProject: hue and saturation are the first
// two channels of an HSV image. The ranges are those of OpenCV's 8-bit HSV.
var (
	channels = []int{0, 1}
	bins     = []int{32, 32}
	ranges   = []float64{0, 180, 0, 256}
)

// Cells is the number of bins of the histograms of this package.
const Cells = 32 * 32

// peak is the value of the fullest bin.
const peak = 256

// Version returns the version of the OpenCV library in use, such as "4.6.0".
func Version() string {
	return gocv.OpenCVVersion()
}

// StartNoThreads makes OpenCV do all work in the threads that call it.
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
		return errors.New("opencv: Histogram: field Layout: not the default one, 32 bins of hue by 32 of saturation")
	}
	if length, err := h.Layout.TableLen(); err == nil && h.Table != nil && len(h.Table) != length {
		return fmt.Errorf("opencv: Histogram: field Table: %d bytes, not %d", len(h.Table), length)
	}
	if len(h.Counts) != Cells || len(h.Values) != Cells {
		return fmt.Errorf("opencv: Histogram: %d counts and %d values, not %d",
			len(h.Counts), len(h.Values), Cells)
	}
	image, err := imageRaster(model)
	if err != nil {
		return fmt.Errorf("opencv: model: %w", err)
	}
	if image.Empty() {
		return fmt.Errorf("opencv: model: %d×%d has no pixels", image.Width, image.Height)
	}
	var where raster.Raster
	if mask.Pix != nil {
		if where, err = planeRaster(mask); err == nil {
			err = sameSize(&where, &image, "model")
		}
		if err != nil {
			return fmt.Errorf("opencv: mask: %w", err)
		}
	}
	clear(h.Counts)
	for part := range (part{image, where}).parts() {
		if err := part.count(h.Counts); err != nil {
			return err
		}
	}
	if err := normalize(h.Values, h.Counts); err != nil || h.Table == nil {
		return err
	}
	return h.Tabulate(1)
}

// count adds the pixels of the image, those where the mask is not 0, to counts.
func (p part) count(counts []int64) error {
	var s scope
	defer s.close()
	hsv, err := s.hsv(p.image)
	if err != nil {
		return err
	}
	mask := s.empty() // which counts every pixel
	if p.plane.Pix != nil {
		if mask, err = s.plane(p.plane); err != nil {
			return err
		}
	}
	hist := s.empty()
	if err := gocv.CalcHist([]gocv.Mat{hsv}, channels, mask, &hist, bins, ranges, false); err != nil {
		return fmt.Errorf("opencv: calcHist: %w", err)
	}
	more, err := hist.DataPtrFloat32()
	if err != nil {
		return fmt.Errorf("opencv: calcHist: %w", err)
	}
	for i, n := range more[:len(counts)] {
		counts[i] += int64(n)
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

// BackProject writes to each pixel of dst the value of the bin that the same pixel
// of frame falls into, rounded half to even and limited to 0 to 255, like
// [backproj.Histogram.BackProject]. The two must have the same size and must not
// share memory. The values are those of a histogram that Fit or
// [backproj.NewHistogram] made, Cells of them.
func BackProject(dst backproj.Plane, frame backproj.Image, values []float32) error {
	if len(values) != Cells {
		return fmt.Errorf("opencv: values: %d, not %d", len(values), Cells)
	}
	image, err := imageRaster(frame)
	if err != nil {
		return fmt.Errorf("opencv: frame: %w", err)
	}
	out, err := planeRaster(dst)
	if err == nil {
		err = sameSize(&out, &image, "frame")
	}
	if err == nil && out.Overlaps() {
		err = errors.New("field Stride: pixels overlap")
	}
	if err != nil {
		return fmt.Errorf("opencv: dst: %w", err)
	}
	if image.Empty() {
		return nil
	}
	for part := range (part{image, out}).parts() {
		if err := part.project(values); err != nil {
			return err
		}
	}
	return nil
}

// project back-projects the image onto the plane.
func (p part) project(values []float32) error {
	var s scope
	defer s.close()
	hsv, err := s.hsv(p.image)
	if err != nil {
		return err
	}
	hist, err := s.histogram(values)
	if err != nil {
		return err
	}
	dst, inPlace := p.plane, matPlane(&p.plane)
	if !inPlace {
		dst = raster.Raster{Pix: make([]byte, dst.Width*dst.Height), Width: dst.Width, Height: dst.Height,
			Row: dst.Width, Pixel: 1, Components: 1}
	}
	prob, err := s.plane(dst)
	if err != nil {
		return err
	}
	// gocv passes its last argument, called uniform, as OpenCV's scale: see
	// docs/gocv.md. True is a scale of 1.
	if err := gocv.CalcBackProject([]gocv.Mat{hsv}, channels, hist, &prob, ranges, true); err != nil {
		return fmt.Errorf("opencv: calcBackProject: %w", err)
	}
	if !inPlace {
		for y := range dst.Height {
			p.plane.Scatter(0, y, dst.Pix[y*dst.Width:][:dst.Width])
		}
	}
	return nil
}
