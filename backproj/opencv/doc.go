// Package opencv is package backproj's work done by OpenCV itself: cvtColor,
// calcHist, normalize and calcBackProject, called through gocv. It is there to
// be compared with, and for those who would rather have OpenCV's code run than
// ours. The results are the same, byte for byte; [backproj.Histogram] makes
// them in one pass, faster and without cgo.
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
// Images are given to OpenCV where they lie if their pixels are 3 or 4 bytes
// apart within a row, in either order, and if their rows follow one another
// downwards at any distance: whole images and crops. Others (planar images,
// every other pixel, flipped ones) are copied first, at most 2^24 pixels at a
// time. Likewise back projections are written where they belong if their
// pixels adjoin within a row, and copied there otherwise.
//
// # Faults
//
// Whatever is wrong with an argument is an error, found before OpenCV sees it:
// a C++ exception that gocv does not catch would end the process. Package
// backproj can also report a fault in memory that goes away during the call,
// as that of a mapped file that is cut short. Here nothing can: in C++ it ends
// the process.
package opencv
