// Package opencv does the work of package backproj by OpenCV itself: it calls
// cvtColor, calcHist, normalize and calcBackProject through gocv. It is there for
// comparison, and for those who prefer that OpenCV's code runs. The results are the
// same, byte for byte, but [backproj.Histogram] computes them in one pass, faster
// and without cgo.
//
// The package is empty unless it is built with the tag opencv, which needs
// OpenCV 4.6 or later (Debian's libopencv-dev) and a C++ compiler:
//
//	go build -tags "opencv gocv_specific_modules"
//
// The second tag is gocv's: it leaves out the modules that older releases of
// OpenCV do not have and that this package does not need.
//
// # Memory
//
// OpenCV reads an image in place if its pixels are 3 or 4 bytes apart within a row,
// in either order, and its rows follow one another downwards, with or without gaps:
// whole images and crops. Other images, such as planar or flipped ones, are copied
// first, at most 2^20 pixels at a time. Likewise, OpenCV writes a back projection in
// place if the pixels of its rows adjoin. Otherwise the result is copied there.
//
// # Faults
//
// Arguments are checked before OpenCV sees them, because a C++ exception that gocv
// does not catch ends the process. Package backproj can also report a fault in
// memory that is gone during the call, such as that of a mapped file that was
// truncated. This package cannot: a fault in C++ ends the process.
package opencv
