"""The clock 期限: instants reckoned, stopped, put off, recounted, explained and watched over."""
