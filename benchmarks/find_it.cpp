// A peer of the benchmark: the library, called with ctypes, that backproj replaces. It runs
// OpenCV's whole pipeline for every frame, and returns malloc'ed memory for Python to copy.

#include <cstdlib>
#include <opencv2/imgproc.hpp>

extern "C" unsigned char *find_it(unsigned char *image, unsigned char *model, int w, int h, int mw, int mh) {
    const int channels[] = {0, 1}, bins[] = {32, 32};
    const float hues[] = {0, 180}, saturations[] = {0, 256};
    const float *ranges[] = {hues, saturations};

    cv::Mat hsv, model_hsv, histogram;
    cv::cvtColor(cv::Mat(h, w, CV_8UC3, image), hsv, cv::COLOR_BGR2HSV);
    cv::cvtColor(cv::Mat(mh, mw, CV_8UC3, model), model_hsv, cv::COLOR_BGR2HSV);
    cv::calcHist(&model_hsv, 1, channels, cv::Mat(), histogram, 2, bins, ranges);
    cv::normalize(histogram, histogram, 0, 256, cv::NORM_MINMAX);

    auto *result = static_cast<unsigned char *>(std::malloc(static_cast<size_t>(w) * h));
    cv::Mat prob(h, w, CV_8UC1, result);
    cv::calcBackProject(&hsv, 1, channels, histogram, prob, ranges);
    return result;
}
