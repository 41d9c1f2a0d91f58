/** Programs that tests start write without colour, whatever the caller's environment asks of mocha itself: tests read what they print.
 *  A test of colours sets the variable itself. */
for (const name of ["FORCE_COLOR", "CLICOLOR_FORCE", "MOCHA_COLORS", "MOCHA_OPTIONS"]) delete process.env[name];
