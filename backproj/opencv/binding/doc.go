// Package binding is what gopy binds of package opencv for Python, as package
// backproj/binding is of package backproj: see there for what addresses and
// strides mean. It is empty without the build tag opencv.
package binding
