// All browser tests in one process: one server and one browser serve them all.
import "./subscribe.js";
import "./combine.js";
import "./embed.js";
import "./handbill.js";
import "./quality.js";
