#include "CPortAudio.h"
