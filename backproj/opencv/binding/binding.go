//go:build opencv

package binding

import (
	"github.com/backproj/backproj/backproj"
	"github.com/backproj/backproj/backproj/internal/foreign"
	"github.com/backproj/backproj/backproj/opencv"
)

// OpenCV's own threads would break programs in three ways. A forked child waits for
// ever for locks that threads of its parent held. If no thread can be started, the
// process ends. And they receive signals that Python's threads are to handle.
func init() {
	opencv.StartNoThreads()
}

// Version returns the version of the OpenCV library in use, such as "4.6.0".
func Version() string {
	return opencv.Version()
}

// Fit makes the histogram of a model: its counts and its values. A mask of
// address 0 counts every pixel. The order is 0 for BGR and 1 for RGB.
func Fit(
	counts, values uintptr,
	model uintptr, height, width, rowStride, pixelStride, channelStride, order int,
	mask uintptr, maskRowStride, maskPixelStride int,
) (done int, err error) {
	defer foreign.Leave(&err, foreign.Enter())
	image, err := foreign.Image(model, height, width, rowStride, pixelStride, channelStride, order)
	if err != nil {
		return 0, err
	}
	var where backproj.Plane
	if mask != 0 {
		if where, err = foreign.Plane(mask, height, width, maskRowStride, maskPixelStride); err != nil {
			return 0, err
		}
	}
	h := backproj.Histogram{
		Counts: foreign.Slice[int64](counts, opencv.Cells),
		Values: foreign.Slice[float32](values, opencv.Cells),
	}
	return 0, opencv.Fit(&h, image, where)
}

// Project back-projects by values that Fit made onto dst, a plane of the
// frame's size.
func Project(
	dst uintptr, dstRowStride, dstPixelStride int,
	values uintptr,
	frame uintptr, height, width, rowStride, pixelStride, channelStride, order int,
) (done int, err error) {
	defer foreign.Leave(&err, foreign.Enter())
	image, err := foreign.Image(frame, height, width, rowStride, pixelStride, channelStride, order)
	if err != nil {
		return 0, err
	}
	prob, err := foreign.Plane(dst, height, width, dstRowStride, dstPixelStride)
	if err != nil {
		return 0, err
	}
	return 0, opencv.BackProject(prob, image, foreign.Slice[float32](values, opencv.Cells))
}
