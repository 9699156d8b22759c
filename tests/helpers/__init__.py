"""What tests share: judges of the results, arrays of any layout, pages, films, and processes."""
