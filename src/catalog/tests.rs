//! Files of feeds that are right and wrong, and what is told about them.
